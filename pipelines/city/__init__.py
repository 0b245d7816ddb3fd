"""The invented city: what each department would deliver, with its dirt, reproducible from a seed.

`households` and `population` draw who lives where, `registers`, `work`, `health`, `schooling`,
`assistance` and `assets` what befalls and belongs to them, once for the whole time of the city;
`departments` looks at it month by month; `families` holds the named families of the scenarios; `dirt`
and `deliver` make files of it; `synthesis` does all of that in order.
"""

from pipelines.city.city import City, build
from pipelines.city.departments import department_extracts
from pipelines.city.synthesis import synthesize

__all__ = ["City", "build", "department_extracts", "synthesize"]
