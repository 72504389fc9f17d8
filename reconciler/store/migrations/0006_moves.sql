-- Keys of rooms and plans that git renamed, once what is remembered and the hotel's rows have their new keys.
CREATE TABLE reconciler.moves (
  environment text NOT NULL,
  property text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('room', 'rate_plan')),
  old_key text NOT NULL,
  new_key text NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (environment, property, kind, new_key)
);
