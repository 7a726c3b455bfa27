"""What differs between the environments, and the names of their resources."""
