"""Statement 1, facts -> values: passes over facts and children, and the value rows that they are finished to."""
