//! The names of time zones, as the API server looks them up (Go's `time.LoadLocation`).

const TABLE: &str = include_str!("time_zones.tsv");

/// Whether `zone` is a name of the IANA database; capitals count.
pub(crate) fn is_known(zone: &str) -> bool {
    names().any(|name| name == zone)
}

/// The name that is nearly `zone`: written with other capitals, or with a slip or two.
pub(crate) fn near(zone: &str) -> Option<&'static str> {
    let zone = zone.to_ascii_lowercase().replace(' ', "_");
    let nearest = names().map(|name| (strsim::damerau_levenshtein(&name.to_ascii_lowercase(), &zone), name)).min()?;
    let city = || names().find(|name| name.to_ascii_lowercase().rsplit('/').next() == Some(&zone));
    if nearest.0 <= 2 { Some(nearest.1) } else { city() }
}

/// The release of the database: `2025b`.
pub(crate) fn release() -> &'static str {
    let first = TABLE.lines().next().unwrap_or_default();
    first.split("tzdata ").nth(1).and_then(|rest| rest.split('.').next()).unwrap_or_default()
}

fn names() -> impl Iterator<Item = &'static str> {
    TABLE.lines().filter(|line| !line.starts_with('#'))
}

#[cfg(test)]
mod tests {
    use super::{is_known, names, near, release};

    #[test]
    fn names_of_the_database_are_known_to_the_letter() {
        for zone in
            ["UTC", "Etc/UTC", "Etc/GMT+3", "Europe/Vienna", "America/Argentina/Buenos_Aires", "US/Pacific", "CET"]
        {
            assert!(is_known(zone), "{zone}");
        }
        for zone in ["Local", "Nope/Zone", "europe/vienna", "UTC+1", "Europe", "", "../etc/passwd", "# Names"] {
            assert!(!is_known(zone), "{zone}");
        }
        assert!(names().count() > 500);
        assert!(release().starts_with("20"), "{}", release());
    }

    #[test]
    fn slips_have_a_near_name() {
        assert_eq!(near("europe/vienna"), Some("Europe/Vienna"));
        assert_eq!(near("Europe/Vienne"), Some("Europe/Vienna"));
        assert_eq!(near("America/New York"), Some("America/New_York"));
        assert_eq!(near("Berlin"), Some("Europe/Berlin"));
        assert_eq!(near("Nope/Zone"), None);
    }
}
