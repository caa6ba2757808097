"""Scanning many series for 用电异常: lines, transformer areas, customers, and units by day (domain.md §4.3).

Energy is summed where the data is; one matrix of members and times comes back, and every step on it is vectorised.
"""
