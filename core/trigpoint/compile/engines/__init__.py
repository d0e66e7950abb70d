"""What the engines say differently: one table each, of what is renamed, emulated and refused."""
