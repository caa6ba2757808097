"""From a template and facts to the sections of a report."""
