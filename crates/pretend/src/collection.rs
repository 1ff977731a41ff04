//! The collections of records that the API has.

/// A collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Collection {
    /// `bookings`
    Bookings,
    /// `tickets`
    Tickets,
    /// `persons`
    Persons,
    /// `payments`
    Payments,
    /// `shows`
    Shows,
    /// `events`
    Events,
    /// `venues`
    Venues,
    /// `sectors`
    Sectors,
    /// `prices`
    Prices,
    /// `hosts`
    Hosts,
}

impl Collection {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Bookings,
        Self::Tickets,
        Self::Persons,
        Self::Payments,
        Self::Shows,
        Self::Events,
        Self::Venues,
        Self::Sectors,
        Self::Prices,
        Self::Hosts,
    ];

    /// Its name in paths.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bookings => "bookings",
            Self::Tickets => "tickets",
            Self::Persons => "persons",
            Self::Payments => "payments",
            Self::Shows => "shows",
            Self::Events => "events",
            Self::Venues => "venues",
            Self::Sectors => "sectors",
            Self::Prices => "prices",
            Self::Hosts => "hosts",
        }
    }

    /// The collection of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|found| found.as_str() == name)
    }

    /// The collection that a member called `name` of a written body points into.
    pub(crate) fn of_link(name: &str) -> Option<Self> {
        match name {
            "customer" | "person" => Some(Self::Persons),
            _ => Self::ALL
                .into_iter()
                .find(|found| found.as_str().strip_suffix('s') == Some(name)),
        }
    }
}
