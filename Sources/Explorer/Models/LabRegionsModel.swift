import Basics
import Lab

/// Where networks decide for which class: those of a run side by side.
public struct LabRegionsModel: Sendable {
    public struct Map: Sendable {
        /// The network's.
        public let name: String
        public let columns: Int
        public let rows: Int
        /// Row after row from the top.
        public let classes: [UInt8]
        /// Places from 0 at the left and the top to 1, and whether the network is right there.
        public let samples: [(x: Double, y: Double, isRight: Bool)]
    }

    public let title: String
    /// In the order in which they are missed most.
    public let maps: [Map]
    public let notice: Notice?

    /// A network on the plane has run, or is to.
    public static func areWanted(_ state: ExplorerState) -> Bool {
        state.lab.report.map {
            !$0.regions.isEmpty || $0.settings.contains { $0.name == "model" && $0.value == "mlp" }
        } ?? false
    }

    /// Several networks are worth the room of the weights once none of them learns any more.
    static func areCompared(_ state: ExplorerState) -> Bool {
        !state.lab.isRunning && (state.lab.report?.regions.count ?? 0) > 1
    }

    init(_ state: ExplorerState) {
        let regions = state.lab.report?.regions ?? []
        // Float and what rounding alone makes of it are what the others are compared with. Of these the latest is watched; afterwards those
        // that rounding alone is compared with come in their own order, and longer training in float last.
        let first = [LabMeasure.float.subject, LabMeasure.rounded.subject]
        let known = first.compactMap { name in regions.first { $0.name == name } }
        let others = regions.filter { !first.contains($0.name) }
        let isOwnOrder = known.count == first.count && !state.lab.isRunning
        let isFloat = { (regions: DecisionRegions) in regions.name.hasPrefix(LabMeasure.float.subject) }
        let shown =
            known + (isOwnOrder ? others.filter { !isFloat($0) } + others.filter(isFloat) : others.reversed())
        maps = shown.map { regions in
            Map(
                name: regions.name, columns: regions.columns, rows: regions.rows, classes: regions.classes,
                samples: regions.samples.map {
                    (
                        (Double($0.x) / regions.extent + 1) / 2, (1 - Double($0.y) / regions.extent) / 2, $0.isRight
                    )
                })
        }
        title = Words.labRegions(limit: regions.first.map { NumberText.significant($0.extent, digits: 3) })
        notice = maps.isEmpty ? .waiting(Words.labNoRegions) : nil
    }
}
