"""The bench: one month of an invented city measured stage by stage, beside references on the same files.

`laying` lays the city, `work` runs every piece, `by_...` are the same work written by hand, `compare` holds
the pipeline's answer against a reference's, `variants` and `many_rules` run the month otherwise, `measure`
is what a process used, `targets` what it should, `page` writes the page.
"""
