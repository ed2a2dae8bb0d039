"""Pictures and pages that people open."""
