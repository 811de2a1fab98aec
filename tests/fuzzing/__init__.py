"""The parsers of what strangers send, in the form in which a fuzzer searches for what breaks one.
"""
