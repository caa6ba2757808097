"""What people see: pure functions from answers, facts and reports to the plain data that the chat elements draw."""
