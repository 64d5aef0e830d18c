"""What all routes and pages share: answers, bodies, negotiation, middleware, templates, identity."""
