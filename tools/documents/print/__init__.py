"""The print: a PDF typeset from the same layout as the Word file; data travel as JSON, never as markup."""
