"""大客户流失 (domain.md §4.1): big customers' records, signals as of a day, a rule score, a learnt probability.

Only what was known on the day counts: readings and bills up to it, orders accepted, payments arrived, tickets taken.
"""
