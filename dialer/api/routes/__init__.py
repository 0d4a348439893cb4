"""One router per topic; each route names its right at its head."""
