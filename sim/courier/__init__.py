"""A courier and the shop behind it, simulated: takes results, has slots with limits, and misbehaves when told."""
