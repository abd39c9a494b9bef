import Basics
public import Hardware

/// What the program says of plans, on screen and in reports alike.
public enum PlanWords {
    /// What is added up over weights.
    public static func of(_ measure: PlanMeasure) -> String {
        switch measure {
        case .squaredError: "Σe² of the weights, a proxy for what the network loses:"
        case .relativeL2: "Σ‖e‖²/‖W‖² over tensors, a proxy for what the network loses:"
        case .output: "Σ‖(Ŵ − W)X‖² over the measured inputs:"
        case .sensitivity(let numbers): "Σ sensitivity·e² by \(Printable.text(numbers.path)):"
        }
    }

    /// The same where there is little room.
    public static func short(_ measure: PlanMeasure) -> String {
        switch measure {
        case .squaredError: "error: Σe² of the weights, a proxy for what the network loses"
        case .relativeL2: "error: Σ‖e‖²/‖W‖² over tensors, a proxy for what the network loses"
        case .output: "error: Σ‖(Ŵ − W)X‖² over the measured inputs"
        case .sensitivity(let numbers): "error: Σ sensitivity·e² by \(Printable.text(numbers.path))"
        }
    }
}

extension Plan {
    /// Why a machine asks for the bits that it gets: what bounds how many weights.
    public func bounds(_ profile: HardwareProfile) -> String {
        let timed = rows.compactMap { $0.time }
        let memory = timed.count { $0.side == .memory }, unpacked = timed.count { $0.unpacking > 0 }
        var text =
            "\(profile.name), \(profile.batch == 1 ? "one sample" : "\(NumberText.grouped(profile.batch)) samples") at once: "
        if memory == timed.count {
            text += "memory bounds every weight, so that fewer bits take less time"
        } else if memory == 0 {
            text +=
                "arithmetic bounds every weight, so that fewer bits take less time only where they are multiplied faster"
        } else {
            text += "memory bounds \(memory) of \(timed.count) weights, arithmetic the others"
        }
        if unpacked > 0 {
            let share =
                timed.reduce(0) { $0 + $1.unpacking } / max(.leastNonzeroMagnitude, timed.reduce(0) { $0 + $1.total })
            text += "; unpacking \(unpacked) of them takes \(NumberText.percent(share, digits: 2)) of the time"
        } else if profile.unpacking > 0, let least = profile.peaks.map({ $0.weightBits }).min() {
            text +=
                "; fewer than \(least) bits would have to be unpacked, "
                + "\(NumberText.significant(profile.unpacking * 1e12, digits: 3)) ps a weight"
        }
        return text
    }
}
