import ArgumentParser

/// How a command prints its table.
struct TableOptions: ParsableArguments {
    @Flag(help: "Print one JSON object.")
    var json = false

    @Flag(help: "Print comma-separated values, a line for each row of the table.")
    var csv = false

    func validate() throws {
        if json && csv { throw ValidationError("--json and --csv: found both, expected one") }
    }
}
