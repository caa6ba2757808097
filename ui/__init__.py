"""The doors: chat, command line and web. They turn outside events into runner calls and back."""
