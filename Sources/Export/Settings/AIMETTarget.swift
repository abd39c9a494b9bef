import Basics
import Quantization
import Tensors

/// AIMET's encodings of parameters, version 1.0.0: the scales and offsets themselves, with which a simulation computes this program's
/// values; where `sym` clips, it has one more code below.
///
/// x̂ = scale·(q + offset) with codes q from 0 on: offset is -2^(b-1) where ranges are symmetric, else minus the zero-point. Blocks are runs
/// of a row, by row. Source: aimet-torch 2.42, `quantization/affine/encoding.py`.
enum AIMETTarget: SettingsTarget {
    static let name = "aimet"
    static let summary = "encodings of AIMET (version 1.0.0), as JSON: scales and offsets of the weights"
    static let hasScales = true

    static func text(_ planned: [PlannedSetting], kept: [String], _ job: ExportJob) throws(ExportError) -> String {
        var entries: [JSONValue] = []
        for setting in planned { entries.append(try entry(setting)) }
        return JSONValue.object([
            ("version", .string("1.0.0")), ("activation_encodings", .array([])), ("param_encodings", .array(entries)),
        ]).text
    }

    static func unsaid(_ planned: [PlannedSetting], kept: [String]) -> [String] {
        let count = planned.count { $0.recipe.mapping == .symmetric && $0.recipe.clipping != .minmax }
        return count == 0
            ? []
            : [
                "\(name) has a code -2^(b-1) that sym leaves out: what is clipped may be a step lower in \(count) of the weights"
            ]
    }

    /// Scales follow from the values: every weight is read here.
    private static func entry(_ setting: PlannedSetting) throws(ExportError) -> JSONValue {
        let recipe = setting.recipe, name = setting.tensor.name, place = "\(recipe) for \(Printable.quoted(name))"
        let expected = "int4 … int16 with tensor, channel:0 or group:G that divides a row"
        let kind: String, block: Int?
        switch recipe.granularity {
        case .tensor: (kind, block) = ("PER_TENSOR", nil)
        case .channel(0): (kind, block) = ("PER_CHANNEL", nil)
        case .group(let size) where (setting.tensor.shape.extents.last ?? 0) % size == 0:
            (kind, block) = ("PER_BLOCK", size)
        default: throw ExportError(Self.name, found: place, expected: expected)
        }
        guard setting.isInteger, setting.bits >= 4, recipe.convention == nil else {
            throw ExportError(Self.name, found: place, expected: expected)
        }
        guard let ranges = try? Evaluator(setting.tensor, recipe: recipe).storedRanges(WorkContext()) else {
            throw ExportError(Self.name, found: "\(place), which has no ranges", expected: expected)
        }
        if let fault = setting.tensor.fault {
            throw ExportError(
                Self.name, found: "\(fault.found) in \(Printable.quoted(name))", expected: fault.expected)
        }
        let offsets =
            setting.isSymmetric
            ? [Int](repeating: -(1 << (setting.bits - 1)), count: ranges.scales.count) : ranges.zeroPoints.map { -$0 }
        return .object(
            [
                ("name", .string(name)), ("dtype", .string("INT")), ("bw", .int(setting.bits)),
                ("is_sym", .bool(setting.isSymmetric)), ("enc_type", .string(kind)),
            ] + (block.map { [("block_size", .int($0))] } ?? []) + [
                ("scale", .array(ranges.scales.map { .number(Double($0)) })),
                ("offset", .array(offsets.map { .int($0) })),
            ])
    }
}
