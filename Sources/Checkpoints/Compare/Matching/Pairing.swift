import Tensors

/// The tensors of two checkpoints while they are paired, step by step: each step takes what the steps before it left.
struct Pairing {
    struct Found {
        let a: Int
        let b: Int
        /// The entries of the first axis that are the other one's whole tensor; nil for all.
        var partA: Range<Int>?
        var partB: Range<Int>?
        let method: PairingMethod
    }

    let first: [TensorView]
    let second: [TensorView]
    private(set) var found: [Found] = []
    /// Pairs that a step would have had to guess: of a tensor, those that it may belong to.
    private(set) var doubts: [Doubt] = []
    private var isUsedA: [Bool]
    private var isUsedB: [Bool]

    /// A tensor that could be paired with several.
    struct Doubt {
        let isOfA: Bool
        let tensor: Int
        let others: [Int]
    }

    init(_ first: [TensorView], _ second: [TensorView]) {
        self.first = first
        self.second = second
        isUsedA = Array(repeating: false, count: first.count)
        isUsedB = Array(repeating: false, count: second.count)
    }

    /// In the order of the file.
    var restA: [Int] { first.indices.filter { !isUsedA[$0] } }
    var restB: [Int] { second.indices.filter { !isUsedB[$0] } }

    func isFreeA(_ a: Int) -> Bool { !isUsedA[a] }
    func isFreeB(_ b: Int) -> Bool { !isUsedB[b] }

    mutating func pair(_ a: Int, _ b: Int, _ method: PairingMethod) {
        isUsedA[a] = true
        isUsedB[b] = true
        found.append(Found(a: a, b: b, method: method))
    }

    /// A whole tensor of A and some entries of one of B, which others may have the rest of.
    mutating func pair(_ a: Int, partOfB range: Range<Int>, _ b: Int, _ method: PairingMethod) {
        isUsedA[a] = true
        isUsedB[b] = true
        found.append(Found(a: a, b: b, partB: range, method: method))
    }

    mutating func pair(partOfA range: Range<Int>, _ a: Int, _ b: Int, _ method: PairingMethod) {
        isUsedA[a] = true
        isUsedB[b] = true
        found.append(Found(a: a, b: b, partA: range, method: method))
    }

    mutating func doubt(_ doubt: Doubt) { doubts.append(doubt) }

    /// Whether one tensor can hold the other's values: the same extents but for those of one, or a matrix and its transpose.
    func areAlike(_ a: Int, _ b: Int) -> Bool { Self.areAlike(first[a].shape, second[b].shape) }

    static func areAlike(_ a: Shape, _ b: Shape) -> Bool {
        guard a.count == b.count else { return false }
        let a = a.bareExtents, b = b.bareExtents
        return a == b || a.count == 2 && b.count == 2 && a[0] == b[1] && a[1] == b[0]
    }

    /// The numbers among the parts of a name: of layers, experts, entries of a list.
    static func numbers(_ name: String) -> [Int] { name.split(separator: ".").compactMap { Int($0) } }
}

/// A way to find pairs. A new one is a file in this folder and a line in `TensorMatch.steps`.
protocol PairingStep: Sendable {
    func run(_ pairing: inout Pairing)
}
