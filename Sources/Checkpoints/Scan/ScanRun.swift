public import Basics
import Quantization
import TensorFiles
import Tensors

/// The work of a scan, tensor by tensor, with what earlier scans found.
public struct ScanRun: Sendable {
    public let scan: Scan
    public let shard: Shard
    /// The candidates of this part.
    public let candidates: [Scan.Candidate]
    private let cache: ScanCache?

    public init(_ scan: Scan, shard: Shard = .whole, cache: ScanCache? = nil) {
        self.scan = scan
        self.shard = shard
        self.cache = cache
        // Of very many candidates no second list is made where all are wanted.
        candidates =
            shard.count == 1
            ? scan.candidates
            : shard.places(ofSizes: scan.candidates.map { $0.tensor.byteCount }).map { scan.candidates[$0] }
    }

    /// What an earlier scan found of a candidate.
    public func known(_ candidate: Scan.Candidate) -> Scan.Outcome? { cache?.outcome(of: candidate) }

    /// Computes a row and keeps it. Damaged bytes are an error rather than a row.
    public func outcome(
        of candidate: Scan.Candidate, path: String, context: WorkContext
    ) throws -> Scan.Outcome {
        let outcome = try scan.row(candidate, context: context)
        if let fault = candidate.tensor.fault {
            throw FileError(
                path: path, place: .tensor(candidate.tensor.name), found: fault.found, expected: fault.expected)
        }
        cache?.keep(outcome, of: candidate)
        return outcome
    }

    /// The unquantized tensors of this part: the first part has those that need no look.
    public var kept: [Scan.Kept] { shard.index == 0 ? scan.kept : [] }
}
