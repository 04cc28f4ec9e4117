"""Scored questionnaires as their publishers made them, and the result that answers come to.

Plain Python: files in, values out. Each version of a questionnaire is the published file, byte for byte, so
that its digest is the one that anybody gets who fetches it; the result is worked out the way the publisher's
own tool does it. So far there is one: Canada's Algorithmic Impact Assessment (`scoring`).
"""
