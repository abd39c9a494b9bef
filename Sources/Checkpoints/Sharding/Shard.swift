/// A part of the work of several processes: number `index` of `count`.
public struct Shard: Hashable, Sendable, CustomStringConvertible {
    public let index: Int
    public let count: Int

    public static let whole = Shard(index: 0, count: 1)!
    /// More processes than that have nothing to do.
    public static let most = 65_536

    public init?(index: Int, count: Int) {
        guard (1...Self.most).contains(count), (0..<count).contains(index) else { return nil }
        self.index = index
        self.count = count
    }

    /// `I/N`, I from 0 to N - 1.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let index = Int(parts[0]), let count = Int(parts[1]) else { return nil }
        self.init(index: index, count: count)
    }

    /// What starters of many processes say of a process: Slurm's `srun` and Open MPI's `mpirun`.
    static let variables = [("SLURM_PROCID", "SLURM_NTASKS"), ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE")]

    /// The part that the environment names, and the variable that does; nil where there is none, or where a job of Slurm has one
    /// process alone, as every job has.
    public static func ofEnvironment(_ value: (String) -> String?) -> (shard: Shard, variable: String)? {
        // mpirun within a Slurm job speaks for its own processes.
        for (rank, size) in variables.reversed() {
            guard let index = value(rank).flatMap({ Int($0) }), let count = value(size).flatMap({ Int($0) }),
                let shard = Shard(index: index, count: count), count > 1 || !rank.hasPrefix("SLURM")
            else { continue }
            return (shard, rank)
        }
        return nil
    }

    public var description: String { "\(index)/\(count)" }

    /// Which of some pieces of work belong to this part: the largest first, each to the part that has least yet, so that parts end
    /// together. Every process comes to the same division.
    public func places(ofSizes sizes: [Int]) -> [Int] {
        guard count > 1 else { return Array(sizes.indices) }
        var loads = [Int](repeating: 0, count: count), mine: [Int] = []
        for place in sizes.indices.sorted(by: { sizes[$0] != sizes[$1] ? sizes[$0] > sizes[$1] : $0 < $1 }) {
            var least = 0
            for part in 1..<count where loads[part] < loads[least] { least = part }
            // What is empty takes turns too.
            loads[least] += max(1, sizes[place])
            if least == index { mine.append(place) }
        }
        return mine.sorted()
    }
}
