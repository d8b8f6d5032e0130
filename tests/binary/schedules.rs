//! Schedules as the operator takes them (`cron.ParseStandard` of robfig/cron), and what a CronJob says in their place.

use std::fs;

use super::run::{Outcome, each, render};

/// What is written, and the schedule of the CronJob; none if it is refused.
const SCHEDULES: &[(&str, Option<&str>)] = &[
    // Fields.
    ("* * * * *", Some("* * * * *")),
    ("? ? ? ? ?", Some("? ? ? ? ?")),
    ("0 0 1 1 0", Some("0 0 1 1 0")),
    ("59 23 31 12 6", Some("59 23 31 12 6")),
    ("60 * * * *", None),
    ("* 24 * * *", None),
    ("* * 0 * *", None),
    ("* * 32 * *", None),
    ("* * * 0 *", None),
    ("* * * 13 *", None),
    ("* * * * 7", None),
    ("0,30 * * * *", Some("0,30 * * * *")),
    ("0,60 * * * *", None),
    ("0,,30 * * * *", Some("0,,30 * * * *")),
    (", * * * *", None),
    ("10-20 * * * *", Some("10-20 * * * *")),
    ("10-10 * * * *", Some("10-10 * * * *")),
    ("20-10 * * * *", None),
    ("10-60 * * * *", None),
    ("1-2-3 * * * *", None),
    ("-5 * * * *", None),
    ("*/1 * * * *", Some("*/1 * * * *")),
    ("*/0 * * * *", None),
    ("*/x * * * *", None),
    ("*/5/5 * * * *", None),
    ("5/15 * * * *", Some("5/15 * * * *")),
    ("a * * * *", None),
    // Words.
    ("* * * jan,DEC sun-SAT", Some("* * * jan,DEC sun-SAT")),
    ("* * * feb-nov mon,tue,wed,thu,fri", Some("* * * feb-nov mon,tue,wed,thu,fri")),
    ("* * * mar,apr,may,jun,jul,aug,sep,oct *", Some("* * * mar,apr,may,jun,jul,aug,sep,oct *")),
    ("* * * dec-jan *", None),
    ("* * sun * *", None),
    ("* * * * jan", None),
    // The number of fields, and blanks.
    ("* * * *", None),
    ("* * * * * *", None),
    ("", None),
    ("  0  6  *  *  1-5 ", Some("0 6 * * 1-5")),
    // Words for all five.
    ("@yearly", Some("@yearly")),
    ("@annually", Some("@annually")),
    ("@monthly", Some("@monthly")),
    ("@weekly", Some("@weekly")),
    ("@daily", Some("@daily")),
    ("@midnight", Some("@midnight")),
    ("@hourly", Some("@hourly")),
    ("@Daily", None),
    ("@fortnightly", None),
    // Intervals: what divides an hour or a day.
    ("@every 1m", Some("* * * * *")),
    ("@every 60s", Some("* * * * *")),
    ("@every 59s", None),
    ("@every 61s", None),
    ("@every 90s", None),
    ("@every 0s", None),
    ("@every 2m", Some("*/2 * * * *")),
    ("@every 7m", None),
    ("@every 30m", Some("*/30 * * * *")),
    ("@every 59m", None),
    ("@every 1h", Some("0 * * * *")),
    ("@every +60m", Some("0 * * * *")),
    ("@every 0.5h", Some("*/30 * * * *")),
    ("@every 0h20m", Some("*/20 * * * *")),
    ("@every 61m", None),
    ("@every 90m", None),
    ("@every 2h", Some("0 */2 * * *")),
    ("@every 5h", None),
    ("@every 12h", Some("0 */12 * * *")),
    ("@every 24h", Some("0 0 * * *")),
    ("@every 25h", None),
    ("@every 48h", None),
    ("@every 60000ms", Some("* * * * *")),
    ("@every 60000000us", Some("* * * * *")),
    ("@every 60000000\u{b5}s", Some("* * * * *")),
    ("@every 60000000\u{3bc}s", Some("* * * * *")),
    ("@every 60000000000ns", Some("* * * * *")),
    ("@every 1d", None),
    ("@every 1", None),
    ("@every m", None),
    ("@every 1.2.3m", None),
    ("@every -60m", None),
    ("@every soon", None),
    ("@every", None),
    ("@every1m", None),
];

/// What comes of a schedule with these fields.
fn outcome(fields: &str) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    let text = format!(
        "apiVersion: sparkoperator.k8s.io/v1beta2
kind: ScheduledSparkApplication
metadata: {{name: pi, namespace: jobs}}
spec:
  {fields}
  template:
    type: Scala
    sparkVersion: 3.5.9
    image: registry.example.com/team/spark:v1
    mainClass: com.example.Main
    mainApplicationFile: local:///opt/app.jar
    driver: {{}}
    executor: {{}}
"
    );
    fs::write(folder.path().join("app.yaml"), text).unwrap();
    render(folder.path(), &["--kube-version", "1.37", "app.yaml"])
}

/// The schedule and the time zone of the CronJob, and the codes of the findings.
fn cron_job(fields: &str) -> (Option<(String, Option<String>)>, Vec<String>) {
    let outcome = outcome(fields);
    assert_eq!(outcome.status != 0, outcome.objects.is_empty());
    let codes = outcome.codes().into_iter().map(str::to_owned).collect();
    let spec = outcome.objects.iter().find(|object| object["kind"] == "CronJob").map(|object| &object["spec"]);
    let text = |key: &str| spec?[key].as_str().map(str::to_owned);
    (text("schedule").map(|schedule| (schedule, text("timeZone"))), codes)
}

#[test]
fn schedules_are_taken_or_refused_as_the_operator_does() {
    let faults = each(SCHEDULES, |(written, expected)| {
        let (found, codes) = cron_job(&format!("schedule: {written:?}"));
        let found = found.map(|(schedule, _)| schedule);
        let code = match expected {
            None => Some("invalid-schedule"),
            Some(_) => written.starts_with("@every").then_some("schedule-every"),
        };
        let is_right = found.as_deref() == *expected && codes == Vec::from_iter(code);
        (!is_right).then(|| format!("{written:?}: {found:?} {codes:?} instead of {expected:?}"))
    });
    let faults: Vec<String> = faults.into_iter().flatten().collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_time_zone_is_a_name_that_every_machine_knows() {
    let time_zone = Some("time-zone");
    for (written, expected, code) in [
        ("schedule: '0 6 * * *'", None, None),
        ("schedule: '0 6 * * *'\n  timeZone: Europe/Vienna", Some("Europe/Vienna"), None),
        ("schedule: '0 6 * * *'\n  timeZone: UTC", Some("UTC"), None),
        ("schedule: '0 6 * * *'\n  timeZone: Etc/GMT+3", Some("Etc/GMT+3"), None),
        ("schedule: '0 6 * * *'\n  timeZone: Etc/GMT-3", Some("Etc/GMT-3"), None),
        ("schedule: '0 6 * * *'\n  timeZone: America/Port_of_Spain", Some("America/Port_of_Spain"), None),
        ("schedule: TZ=Europe/Vienna 0 6 * * *", Some("Europe/Vienna"), None),
        ("schedule: CRON_TZ=Europe/Vienna 0 6 * * *", Some("Europe/Vienna"), None),
        ("schedule: CRON_TZ=Europe/Vienna @daily", Some("Europe/Vienna"), None),
        ("schedule: CRON_TZ=Europe/Vienna 0 6 * * *\n  timeZone: Europe/Vienna", Some("Europe/Vienna"), None),
        ("schedule: CRON_TZ=Europe/Vienna 0 6 * * *\n  timeZone: UTC", Some("Europe/Vienna"), time_zone),
        ("schedule: '0 6 * * *'\n  timeZone: Local", None, time_zone),
        ("schedule: CRON_TZ=Local 0 6 * * *", None, time_zone),
    ] {
        let (found, codes) = cron_job(written);
        let Some((schedule, zone)) = found else { panic!("{written}: {codes:?}") };
        assert!(matches!(schedule.as_str(), "0 6 * * *" | "@daily"), "{written}: {schedule}");
        assert_eq!(zone.as_deref(), expected, "{written}");
        assert_eq!(codes, Vec::from_iter(code), "{written}");
    }
    for written in ["a b", "Europe/", "/Vienna", "1/2", "Europe//Vienna", "Europe/Wien!"] {
        let (found, codes) = cron_job(&format!("schedule: '0 6 * * *'\n  timeZone: {written:?}"));
        assert!(found.is_none() && codes == ["time-zone"], "{written}: {found:?} {codes:?}");
    }
    let (found, codes) = cron_job("schedule: CRON_TZ=Europe/Vienna");
    assert!(found.is_none() && codes == ["invalid-schedule"], "{found:?} {codes:?}");
}

#[test]
fn a_fault_names_the_field() {
    for (written, part) in [
        ("60 * * * *", "outside 0-59 of the minute"),
        ("* 24 * * *", "outside 0-23 of the hour"),
        ("* * 0 * *", "outside 1-31 of the day of month"),
        ("* * * 13 *", "outside 1-12 of the month"),
        ("* * * * 7", "outside 0-6 of the day of week"),
        ("* * * *", "4 fields instead of 5: minute, hour, day of month, month, day of week"),
    ] {
        let messages = outcome(&format!("schedule: {written:?}")).findings;
        assert!(messages.iter().any(|finding| finding.message.ends_with(part)), "{written}: {messages:?}");
    }
}
