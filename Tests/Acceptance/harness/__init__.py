"""What the acceptance tests stand on: real components, started on free loopback ports and ended by their pid."""
