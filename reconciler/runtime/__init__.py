"""The verbs: each a use case over what wiring hands it. They decide the order of things; they render nothing."""
