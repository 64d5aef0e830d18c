"""Who is connected, and how bytes get to them."""
