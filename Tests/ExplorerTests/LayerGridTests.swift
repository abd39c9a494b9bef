import Testing

@testable import Explorer

/// Weights by layers and modules: where they are, and where the arrows go.
@Suite struct LayerGridTests {
    /// Two layers, of which the second has no `up`; two experts of one module; two weights outside of layers.
    private static let names = [
        "embed.weight", "layers.0.attn.q.weight", "layers.0.mlp.up.weight", "layers.0.mlp.experts.0.w.weight",
        "layers.0.mlp.experts.1.w.weight", "layers.1.attn.q.weight", "layers.1.mlp.experts.0.w.weight", "head.weight",
    ]
    /// The list shows some of the tensors: a position is not its place.
    private let grid = LayerGrid(Self.names.enumerated().map { (position: 10 * $0.offset, name: $0.element) })

    @Test func weightsAreWhereTheirNamesSay() {
        #expect(grid.layers == ["0", "1", Words.outsideLayers])
        #expect(grid.modules == ["q", "up", "w"])
        #expect(grid.cells == [[[10], [20], [30, 40]], [[50], [], [60]], [[0], [70]]])
        #expect(grid.place(of: 40) == .init(layer: 0, module: 2) && grid.place(of: 0) == .init(layer: 2, module: 0))
        #expect(grid.place(of: 11) == nil && grid.place(of: nil) == nil)
        #expect(grid.position(at: 0, 2) == 30 && grid.position(at: 1, 1) == nil)
        #expect(grid.position(at: 2, 2) == nil && grid.position(at: 3, 0) == nil && grid.position(at: -1, 0) == nil)
        #expect(grid.name(1, 0) == "1.attn.q" && grid.name(2, 1) == "head.weight")
        #expect(LayerGrid().columns == 0 && LayerGrid().neighbour(of: 0, down: 1, across: 0) == nil)
    }

    @Test func arrowsGoToTheNearestWeight() {
        func go(_ position: Int, down: Int = 0, across: Int = 0) -> Int? {
            grid.neighbour(of: position, down: down, across: across)
        }
        #expect(go(10, across: 1) == 20 && go(20, across: 1) == 30 && go(40, across: 1) == nil)
        #expect(go(10, across: -1) == nil && go(70, across: -1) == 0)
        // Over the hole in either direction.
        #expect(go(50, across: 1) == 60 && go(60, across: -1) == 50)
        // Down from `up` the next layer has none: on to those outside, of which there are two.
        #expect(go(20, down: 1) == 70 && go(30, down: 1) == 60 && go(60, down: 1) == 70 && go(70, down: 1) == nil)
        #expect(go(0, down: -1) == 50 && go(10, down: -1) == nil)
        // A page at a time stops at the ends.
        #expect(go(10, down: 7) == 0 && go(0, down: -7) == 10)
        #expect(go(11, down: 1) == nil)
    }

    @Test func namesThatEndAlikeAreToldApart() {
        let names = ["l.0.attn.k.weight", "l.0.mlp.k.weight", "l.0.norm.weight"]
        let grid = LayerGrid(names.enumerated().map { (position: $0.offset, name: $0.element) })
        #expect(grid.modules == ["attn.k", "mlp.k", "norm"])
    }
}
