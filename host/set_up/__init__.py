"""What ``host/bootstrap.py`` sets up, part by part. Standard library only: it runs before anything else."""
