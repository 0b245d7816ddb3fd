"""The bench: one month of an invented city measured stage by stage, beside references on the same files.

`laying` lays the city, `stages` runs the month, `references` the same work written by hand, `compare`
holds the pipeline's answer against a reference's, `measure` what a process used, `page` writes the page.
"""
