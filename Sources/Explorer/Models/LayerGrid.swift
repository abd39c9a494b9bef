import Checkpoints

/// Weights by their layers and kinds of modules, as their names tell them.
struct LayerGrid: Sendable {
    /// The last one holds weights outside of layers, side by side, where there are such.
    let layers: [String]
    /// By layer and module the positions of weights; empty where a layer has no such module.
    let cells: [[[Int]]]
    /// Short names of the kinds of modules, in the order of the columns.
    let modules: [String]
    /// By layer and module.
    private let names: [[String]]
    /// Of every weight.
    private let places: [Int: Place]

    struct Place: Equatable, Sendable {
        let layer: Int
        let module: Int
    }

    init() { (layers, cells, modules, names, places) = ([], [], [], [], [:]) }

    init(_ weights: some Sequence<(position: Int, name: String)>) {
        var modules: [String] = [], layers: [String] = [], columns: [String: Int] = [:], rows: [String: Int] = [:]
        var members: [[Int: [Int]]] = [], outside: [(position: Int, name: String)] = []
        for weight in weights {
            guard let place = LayerPlace(weight.name) else {
                outside.append(weight)
                continue
            }
            if columns[place.module] == nil {
                columns[place.module] = modules.count
                modules.append(place.module)
            }
            if rows[place.layer] == nil {
                rows[place.layer] = layers.count
                layers.append(place.layer)
                members.append([:])
            }
            members[rows[place.layer] ?? 0][columns[place.module] ?? 0, default: []].append(weight.position)
        }
        var cells = members.map { found in modules.indices.map { found[$0] ?? [] } }
        var names = layers.map { layer in modules.map { layer + "." + $0 } }
        if !outside.isEmpty {
            layers.append(Words.outsideLayers)
            cells.append(outside.map { [$0.position] })
            names.append(outside.map { $0.name })
        }
        var places: [Int: Place] = [:]
        for (layer, row) in cells.enumerated() {
            for (module, positions) in row.enumerated() {
                for position in positions { places[position] = Place(layer: layer, module: module) }
            }
        }
        (self.layers, self.cells, self.names, self.places) = (layers, cells, names, places)
        self.modules = Self.short(modules)
    }

    /// The last part of a name, with the one before where several end alike.
    private static func short(_ modules: [String]) -> [String] {
        let parts = modules.map { $0.split(separator: ".").map(String.init) }
        return parts.map { own in
            let last = own.last ?? "", isAlone = parts.count { $0.last == last } == 1
            return isAlone || own.count < 2 ? last : own[own.count - 2] + "." + last
        }
    }

    var columns: Int { cells.map { $0.count }.max() ?? 0 }

    /// What a cell is, with its layer.
    func name(_ layer: Int, _ module: Int) -> String { ScreenText.safe(names[layer][module]) }

    /// The cell that holds a weight.
    func place(of position: Int?) -> Place? { position.flatMap { places[$0] } }

    /// The first weight of a cell; nil where there is none.
    func position(at layer: Int, _ module: Int) -> Int? {
        cells.indices.contains(layer) && cells[layer].indices.contains(module) ? cells[layer][module].first : nil
    }

    /// The weight of the nearest cell in a direction; nil where there is none.
    ///
    /// - Parameter down: layers; more than one at a time go to the last one that there is.
    func neighbour(of position: Int?, down: Int, across: Int) -> Int? {
        guard var here = place(of: position) else { return nil }
        while true {
            var layer = here.layer + down
            if abs(down) > 1 { layer = max(0, min(layers.count - 1, layer)) }
            guard cells.indices.contains(layer), here.module + across >= 0 else { return nil }
            // Weights outside of layers are as many as they are.
            here = Place(
                layer: layer,
                module: across == 0 ? min(here.module, cells[layer].count - 1) : here.module + across)
            guard cells[layer].indices.contains(here.module) else { return nil }
            if let found = self.position(at: here.layer, here.module) { return found }
            if abs(down) > 1 { return nil }
        }
    }
}
