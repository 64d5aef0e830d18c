"""`/players/{id}`: who somebody is here, put together from what the other rooms know of them."""
