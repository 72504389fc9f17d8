-- What people took off sale by hand, until git says the same or they open it again. One row per room and first night.
CREATE TABLE reconciler.closures (
  environment text NOT NULL,
  property text NOT NULL,
  room text NOT NULL,
  from_night date NOT NULL,
  until_night date,
  reason text NOT NULL CHECK (reason <> ''),
  os_user text NOT NULL,
  since timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (environment, property, room, from_night),
  CHECK (until_night IS NULL OR from_night < until_night)
);
