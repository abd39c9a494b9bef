/// A network of the lab and the data that it is for.
protocol LabModel: Sendable {
    /// As `--model` takes it.
    var name: String { get }
    /// In a line.
    var summary: String { get }
    /// Why samples of a shape are nothing for it: found and expected; nil where they are.
    func problem(with inputShape: [Int]) -> (found: String, expected: String)?
    /// - Parameter scale: of the hidden widths, for teachers.
    func network(inputShape: [Int], classes: Int, scale: Int, random: inout RandomSource) -> Network
    /// The data that the project makes itself.
    ///
    /// - Parameter pass: called now and then: where a run is stopped.
    func dataset(seed: UInt64, pass: () throws(LabFailure) -> Void) throws(LabFailure) -> Dataset
    /// How it is trained in float.
    var training: TrainingPlan { get }
}

/// A new network is one file and one line here.
enum ModelCatalog {
    static let all: [any LabModel] = [Glyphnet(), PlaneNetwork(), Tinyformer()]

    static func model(_ name: String) -> (any LabModel)? { all.first { $0.name == name } }
}
