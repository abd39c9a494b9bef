import Tensors

/// Eight-bit floats or integers with a scale beside them: `weight_scale` (vLLM, compressed-tensors, NVIDIA Model Optimizer),
/// `weight_scale_inv` (DeepSeek), `SCB` (LLM.int8 of bitsandbytes, in 127ths).
///
/// x = scale · level, or scale · (level - zero-point) with `weight_zero_point`. The scale is one number, one an output channel, one a
/// run of a row, or one a tile of a matrix, of which the last may be cut.
struct ScaledCodes: Packing, PackedOfParts {
    static let endings = [""]
    private static let tileKey = "weight_block_size"
    static let codeTypes: Set<ElementType> = [
        .float8E4M3, .float8E5M2, .float8E4M3FNUZ, .float8E5M2FNUZ, .int8,
    ]

    private let codes: TensorView
    private let scales: TensorView
    /// As many as scales, where codes have them.
    private let zeros: TensorView?
    /// What stored scales are multiplied by.
    private let factor: Float
    private let rowLength: Int
    /// The tile that shares a scale, and tiles of a row.
    private let tile: (rows: Int, columns: Int)
    private let tilesPerRow: Int
    let method: String
    let recipe: String?
    let all: PackedParts

    static func unpacked(
        _ codes: TensorView, stem: String, ending: String, beside: TensorsByName
    ) throws(PackingMisfit) -> TensorView? {
        let packed: ScaledCodes
        if let scales = beside.plain(codes.name + "_scale") {
            packed = try ScaledCodes(codes, scales, zeros: beside[codes.name + "_zero_point"], factor: 1, beside)
        } else if let scales = beside.plain(codes.name + "_scale_inv") {
            packed = try ScaledCodes(codes, scales, zeros: nil, factor: 1, beside)
        } else if codes.elementType == .int8, stem.hasSuffix(".weight"),
            let scales = beside.plain(String(stem.dropLast("weight".count)) + "SCB")
        {
            packed = try ScaledCodes(codes, scales, zeros: nil, factor: 1 / 127, beside)
        } else {
            return nil
        }
        return TensorView(name: codes.name, packed: packed, elementType: codes.elementType, shape: codes.shape)
    }

    private init(
        _ codes: TensorView, _ scales: TensorView, zeros: TensorView?, factor: Float, _ beside: TensorsByName
    ) throws(PackingMisfit) {
        let shape = codes.shape
        guard shape.count > 0, scales.count > 0, scales.elementType.isFloatingPoint else {
            throw PackingMisfit(
                found:
                    "\(codes.elementType.rawValue) \(shape) with scales \(scales.elementType.rawValue) \(scales.shape)",
                expected: "elements, and scales that are floats")
        }
        self.codes = codes
        if let zeros, zeros.count != scales.count {
            throw PackingMisfit(
                found: "zero-points \(zeros.shape) with scales \(scales.shape)", expected: "as many of both")
        }
        self.scales = scales
        self.zeros = zeros
        self.factor = factor
        let rows = shape.rank > 1 ? shape.extents[0] : 1, granularity: String
        rowLength = shape.count / rows
        if scales.count == 1 {
            (tile, tilesPerRow, granularity) = ((rows, rowLength), 1, "tensor")
        } else if scales.count == rows, scales.shape.extents[0] == rows {
            (tile, tilesPerRow, granularity) = ((1, rowLength), 1, "channel:0")
        } else if scales.shape.rank == 2, shape.rank == 2 {
            let (down, across) = (scales.shape.extents[0], scales.shape.extents[1])
            let height = down == rows ? 1 : beside.runLength(rows, pieces: down, setting: beside.number(Self.tileKey))
            let width = beside.runLength(
                rowLength, pieces: across,
                setting: beside.number(Self.tileKey, at: 1) ?? beside.number("group_size"))
            guard let height, let width else {
                throw PackingMisfit(found: "scales \(scales.shape)", expected: "one for each tile of \(shape)")
            }
            (tile, tilesPerRow) = ((height, width), across)
            granularity = height == 1 ? "group:\(width)" : "block:\(height)x\(width)"
        } else {
            throw PackingMisfit(
                found: "scales \(scales.shape)",
                expected: "one, one for each of \(rows) rows, or one for each tile of \(shape)")
        }
        all = PackedParts([codes, scales] + [zeros].compactMap { $0 })
        method = "\(codes.elementType.rawValue) scaled"
        recipe = Self.format(codes.elementType, hasZeros: zeros != nil).map {
            "\($0) \(granularity)\(scales.elementType.scaleToken)"
        }
    }

    /// Runs of rows under a scale each.
    init(_ codes: TensorView, scales: TensorView, run: Int, method: String, recipe: String, parts: PackedParts) {
        let rows = codes.shape.rank > 1 ? codes.shape.extents[0] : 1
        (self.codes, self.scales, zeros, factor) = (codes, scales, nil, 1)
        rowLength = codes.shape.count / rows
        (tile, tilesPerRow) = ((1, run), rowLength.pieces(of: run))
        (self.method, self.recipe, all) = (method, recipe, parts)
    }

    private static func format(_ type: ElementType, hasZeros: Bool) -> String? {
        switch type {
        case .float8E4M3: "fp8-e4m3"
        case .float8E5M2: "fp8-e5m2"
        case .int8: hasZeros ? "int8 asym" : "int8 sym"
        default: nil
        }
    }

    private func scaleNumber(_ element: Int) -> Int {
        element / rowLength / tile.rows * tilesPerRow + element % rowLength / tile.columns
    }

    func stored(_ element: Int) -> StoredValue {
        let number = scaleNumber(element), zero = zeros?.values(number..<number + 1)[0]
        return StoredValue(
            code: codes.code(of: element), level: codes.values(element..<element + 1)[0],
            scale: scales.values(number..<number + 1)[0] * factor, zeroPoint: zero.flatMap { Int(exactly: $0) })
    }

    func decode(_ range: Range<Int>, into output: UnsafeMutablePointer<Float>) {
        codes.withValues(range, scratch: output) { _ in }
        var at = range.lowerBound, row = -1, first = 0, scale: [Float] = [], zero: [Float] = []
        while at < range.upperBound {
            let column = at % rowLength, number = scaleNumber(at)
            if at / rowLength / tile.rows != row {
                // All scales of a row of tiles are read at once.
                row = at / rowLength / tile.rows
                first = row * tilesPerRow
                scale = scales.values(first..<first + tilesPerRow)
                zero = zeros?.values(first..<first + tilesPerRow) ?? []
            }
            let end = min(range.upperBound, at - column + min(rowLength, (column / tile.columns + 1) * tile.columns))
            let s = scale[number - first], z = zeros == nil ? 0 : zero[number - first]
            for i in at - range.lowerBound..<end - range.lowerBound { output[i] = (output[i] - z) * s * factor }
            at = end
        }
    }
}
