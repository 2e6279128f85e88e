"""TELL: from the published marts to one page that a marketing team reads.

figures (SQL on the published file) -> sentences (words) and charts -> render -> mail, page -> send. This room reads
`published/` and nothing else of the warehouse, so a digest can be built anywhere that folder is.
"""
