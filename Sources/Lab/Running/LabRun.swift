public import Basics
import Quantization

/// The switches of a running experiment, for another thread.
public final class LabControl: Sendable {
    /// For work that looks at it itself.
    let flag = CancelFlag()
    private let paused = Lock(false)

    public init() {}

    public func setPaused(_ isPaused: Bool) { paused.update { $0 = isPaused } }

    /// Stops the run, also one that is paused.
    public func cancel() {
        paused.update { isPaused in
            flag.cancel()
            isPaused = false
        }
    }

    /// Waits while the run is paused.
    fileprivate func pass() throws(LabFailure) {
        paused.wait { isPaused -> Void? in isPaused && !flag.isCancelled ? nil : () }
        if flag.isCancelled { throw LabFailure.cancelled }
    }
}

/// One run of an experiment: its settings, the switches it looks at between steps, and what it has found.
///
/// Used from the thread that runs the experiment.
public final class LabRun {
    public private(set) var settings: LabSettings
    /// For work on several cores that the run's end stops.
    let context: WorkContext
    let tape: Tape
    private let control: LabControl
    let folder: String?
    private let post: (LabReport) -> Void
    private(set) var report: LabReport
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private var posted: ContinuousClock.Instant
    /// The part of the whole that the present stage is.
    private var stageStart = 0.0, stageEnd = 0.0
    /// The part of all runs that the present seed's is.
    private var runStart = 0.0, runWidth = 1.0

    /// - Parameters:
    ///   - name: of the experiment.
    ///   - isInBackground: it gives way to the screen's thread.
    ///   - folder: where what was measured of this machine is kept; nil to measure each time.
    ///   - post: called on this thread with what is found, some times a second.
    public init(
        _ name: String, _ settings: LabSettings, threads: Int = WorkContext.processors,
        isInBackground: Bool = false, control: LabControl = LabControl(), folder: String? = nil,
        post: @escaping (LabReport) -> Void = { _ in }
    ) {
        self.settings = settings
        self.control = control
        self.folder = folder
        self.post = post
        context = WorkContext(threads: threads, cancel: control.flag, isInBackground: isInBackground)
        tape = Tape(threads: threads, isInBackground: isInBackground)
        report = LabReport(experiment: name, settings: settings)
        start = clock.now
        posted = start
    }

    /// Runs an experiment, or another work of the lab, to its end.
    ///
    /// - Returns: what was found, also where the run was stopped or failed.
    public func perform(_ work: (LabRun) throws(LabFailure) -> Void) -> LabReport {
        post(report)
        do throws(LabFailure) {
            try MatrixProduct.prepare()
            try work(self)
            report.state = .finished
            report.share = 1
        } catch {
            failure = error
            report.state = if case .cancelled = error { .cancelled } else { .failed(error.description) }
        }
        report.stage = ""
        report.seconds = (clock.now - start) / .seconds(1)
        post(report)
        return report
    }

    /// Runs an experiment with one seed after the other, and says what was found.
    public func perform(_ experiment: any Experiment) -> LabReport {
        let first = settings.seed, count = max(1, settings.integer("seeds"))
        return perform { (run: LabRun) throws(LabFailure) in
            var runs: [[LabResult]] = []
            defer { run.settings.seed = first }
            for place in 0..<count {
                run.begin(seed: first + UInt64(place), place, of: count)
                do throws(LabFailure) { try experiment.perform(run) } catch {
                    // What complete seeds found stays.
                    if !runs.isEmpty {
                        run.report.seeds.removeLast()
                        run.report.results = LabResult.means(runs)
                    }
                    throw error
                }
                runs.append(run.report.results)
            }
            run.report.results = LabResult.means(runs)
            run.report.finding = experiment.finding(run.report)
        }
    }

    private func begin(seed: UInt64, _ place: Int, of count: Int) {
        settings.seed = seed
        (runStart, runWidth) = (Double(place) / Double(count), 1 / Double(count))
        (stageStart, stageEnd) = (0, 0)
        guard place > 0 else { return }
        report.seeds.append(seed)
        (report.results, report.curves, report.tables, report.remarks) = ([], [], [], [])
        (report.layers, report.regions, report.pictures) = ([], [], [])
    }

    /// Why it did not end well.
    public private(set) var failure: LabFailure?

    // MARK: Between steps

    /// Call often: waits while the run is paused, throws once it is stopped.
    func pass() throws(LabFailure) {
        try control.pass()
        let now = clock.now
        guard now - posted > .milliseconds(60) else { return }
        posted = now
        report.seconds = (now - start) / .seconds(1)
        post(report)
    }

    /// Begins a part of the work.
    ///
    /// - Parameter end: the share of the whole that is done at its end.
    func stage(_ text: String, until end: Double) {
        report.stage = runWidth == 1 ? text : "seed \(settings.seed): \(text)"
        stageStart = stageEnd
        stageEnd = end
        advance(0)
    }

    /// How much of the present part is done.
    func advance(_ share: Double) {
        let own = stageStart + (stageEnd - stageStart) * max(0, min(1, share))
        report.share = runStart + runWidth * own
    }

    // MARK: What is found

    func found(_ measure: LabMeasure, _ value: Double) { set(measure, .number(value)) }

    /// Says of a result why it is worse than expected.
    func note(_ lines: [String], of measure: LabMeasure) {
        guard let index = report.results.firstIndex(where: { $0.measure == measure }) else { return }
        report.results[index].notes = lines
    }

    /// Says something about the run, once.
    func remark(_ line: String) { if !report.remarks.contains(line) { report.remarks.append(line) } }

    func found(_ measure: LabMeasure, _ parts: [LabResult.Part]) { set(measure, .parts(parts)) }

    private func set(_ measure: LabMeasure, _ value: LabResult.Value) {
        if let index = report.results.firstIndex(where: { $0.measure == measure }) {
            report.results[index].value = value
        } else {
            report.results.append(LabResult(measure: measure, value: value))
        }
    }

    func point(_ series: String, _ kind: LabReport.Curve.Kind, layer: String? = nil, x: Double, y: Double) {
        guard x.isFinite, y.isFinite else { return }
        let point = LabReport.Curve.Point(x: x, y: y)
        let known = report.curves.firstIndex { $0.series == series && $0.kind == kind && $0.layer == layer }
        if let known {
            report.curves[known].points.append(point)
        } else {
            report.curves.append(LabReport.Curve(series: series, kind: kind, layer: layer, points: [point]))
        }
    }

    /// A table in place of that of the same title.
    func show(_ table: LabTable) {
        if let index = report.tables.firstIndex(where: { $0.title == table.title }) {
            report.tables[index] = table
        } else {
            report.tables.append(table)
        }
    }

    /// Images in place of those of the same title; nothing where there are none.
    func show(_ pictures: LabPictures?) {
        guard let pictures else { return }
        if let index = report.pictures.firstIndex(where: { $0.title == pictures.title }) {
            report.pictures[index] = pictures
        } else {
            report.pictures.append(pictures)
        }
    }

    func show(_ layers: [LayerPicture]) { report.layers = layers }

    /// Regions in place of those of the same network.
    func show(_ regions: DecisionRegions) {
        if let index = report.regions.firstIndex(where: { $0.name == regions.name }) {
            report.regions[index] = regions
        } else {
            report.regions.append(regions)
        }
    }
}
