"""Exported files seen as their readers see them: does every usual program open them, and does everything stand in its
place?"""
