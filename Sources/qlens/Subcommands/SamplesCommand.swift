import ArgumentParser

struct SamplesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "samples", abstract: "Write the samples.")
    func run() throws {}
}
