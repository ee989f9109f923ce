"""Students as an array job."""
def grade(g, s): raise SystemExit
def task(g, n): raise SystemExit
