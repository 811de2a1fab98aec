"""The page that browsers are served; the folder holds no other Python.

It is a package so that an installed gateway finds the files.
"""
