"""Requests and frames made by rule and by lot, against all of Arbiter, with games beside them."""
