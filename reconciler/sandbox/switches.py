"""What the documentation leaves open, as switches: each is a claim that a test can try both ways.

The defaults follow what is documented; where the documents only hint, or contradict each other, the default is the
reading that is harder on a client. `GET` and `PUT /admin/switches` read and set them by name.
"""

from dataclasses import dataclass, fields, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Switches:
    """All switches with their defaults.

    expedia_linked_warnings: updates to a linked plan are always ignored; on, the reply says so with 7023 and 7024
        (the guides promise only a success, the table of warnings lists both codes).
    expedia_linked_plans_editable: off, the Product API refuses any change of a linked plan; on, only a change of the
        linkage itself, which is all that the reference forbids.
    expedia_parr_partial: `closed` of a rate plan is left out where it was never received (the schema allows it "for stay
        dates with partially loaded information"); off, it is answered as false.
    expedia_booking_expiry: on, bookings that are not confirmed in time (30 and 60 minutes, 24 hours) are no longer
        retrievable, as documented.
    booking_room_closed: a room's own `closed` is answered by `roomrateavailability` at room level to version 1.1.
    booking_rate_closed: `closed` is answered on the rows per room and rate.
    booking_rooms_to_sell: `rooms_to_sell` is answered; off, only the attributes that the official example shows first.
    booking_rate_rows: the shape of rows per room and rate, which no official example at hand shows: `nested` puts
        `rate` elements into `room`, `flat` writes one `room` element for each pair with both ids.
    booking_rate_rows_extra: prices and restrictions too are answered on rows per room and rate. Not documented; off.
    booking_booked_includes_cancelled: `booked` still counts bookings that were cancelled.
    booking_currency_required: a price without `currencycode` is refused; the documentation demands it, its own
        tutorial leaves it out.
    booking_rates_list: `POST /hotels/xml/rates` lists every active rate plan; the path is known from public clients, its
        answer is not, and without it a plan that no room sells cannot be found.
    booking_pricing_type: `roomrates` answers how a rate is priced, as `type` of a `pricing` element in the rate; the
        documentation names element and attribute, but not where they stand.
    booking_auto_replenish: a cancellation re-opens a closed room (an extranet setting that hotels should turn off).
    booking_token_field: name of the field that carries a new token.
    """

    expedia_linked_warnings: bool = True
    expedia_linked_plans_editable: bool = False
    expedia_parr_partial: bool = False
    expedia_booking_expiry: bool = True
    booking_room_closed: bool = True
    booking_rate_closed: bool = True
    booking_rooms_to_sell: bool = True
    booking_rate_rows: str = "nested"
    booking_rate_rows_extra: bool = False
    booking_booked_includes_cancelled: bool = False
    booking_currency_required: bool = True
    booking_rates_list: bool = True
    booking_pricing_type: bool = True
    booking_auto_replenish: bool = False
    booking_token_field: str = "jwt"  # noqa: S105 - the name of a field

    def to_json(self) -> dict[str, bool | str]:
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def with_changes(self, changes: dict[str, Any]) -> "Switches":
        """These switches with some set otherwise; raises ValueError for an unknown name or a value of another type."""
        known = self.to_json()
        for name, value in changes.items():
            if name not in known or type(value) is not type(known[name]):
                raise ValueError(f"no switch {name!r} that could be set to {value!r}")
        if changes.get("booking_rate_rows", "nested") not in ("nested", "flat"):
            raise ValueError("booking_rate_rows is nested or flat")
        return replace(self, **changes)
