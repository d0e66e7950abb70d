"""Statement 2, values -> judgements: points, groups, guards, bands and reasons, from the value rows alone."""
