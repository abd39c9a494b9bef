import Basics
import Checkpoints
import Foundation
#if canImport(FoundationXML)
    import FoundationXML
#endif
import Quantization
import SeededRandom
import TensorFiles
import Tensors
import Testing

@testable import Reports

/// A page holds the numbers of the rows, is well formed whatever names say, and reads in a browser.
@Suite struct ReportTests {
    private static func tensors() throws -> [TensorView] {
        var random = SeededRandom(2)
        return try [
            "layers.0.a.weight", "layers.0.b.weight", "layers.1.a.weight", "layers.1.<b>&\"'.weight",
            "head\u{1B}[2J.weight",
        ].map { name in
            let shape = try #require(Shape([24, 64]))
            return try #require(TensorView(name: name, values: random.bell(shape.count), shape: shape))
        }
    }

    private static func content() throws -> ReportContent {
        let recipe = try Recipe("int4 sym group:32"), tensors = try tensors()
        let rows = try tensors.map { tensor in
            ReportContent.Row(
                name: tensor.name, shape: tensor.shape, recipe: recipe.description,
                metrics: try Evaluator(tensor, recipe: recipe).evaluate().metrics,
                badges: tensor.name.hasPrefix("head") ? ["12 NaN or ∞"] : [])
        }
        var content = ReportContent(
            title: "int4 on <model>", command: "qlens report 'a & b' --recipe 'int4 sym group:32'",
            facts: [("SQNR", "19.45 dB"), ("file", "<x>")], rows: rows, kept: [("norm", "fewer than two axes")])
        content.frontier = [(2.5, 100), (3, 40), (4.5, 3), (8.5, 0.01)]
        content.marks = [("int4 sym group:32", 4.5, 3.5, false), ("plan", 4, 6, true)]
        content.pictures = try tensors.prefix(2).compactMap {
            try TensorPicture($0, recipe, context: WorkContext(threads: 2))
        }
        return content
    }

    /// As XML, which is stricter than HTML: every tag is closed, every name escaped. What HTML leaves open is closed for it.
    @Test func pagesAreWellFormed() throws {
        let html = try Self.content().html
        var xml = html
        for tag in ["meta", "link"] {
            xml = xml.replacing(try Regex("<\(tag)([^>]*)>")) { "<\(tag)\($0.output[1].substring ?? "")/>" }
        }
        xml = xml.replacing(try Regex("<script>[\\s\\S]*</script>"), with: "").replacing("<!DOCTYPE html>", with: "")
        let parser = XMLParser(data: Data(xml.utf8))
        #expect(parser.parse(), "\(parser.parserError.map { "\($0)" } ?? "") line \(parser.lineNumber)")
        #expect(!html.contains("<b>&") && html.contains("layers.1.&lt;b&gt;&amp;&quot;&#39;.weight"))
        #expect(!html.contains("\u{1B}") && !html.contains("http://") && !html.contains("https://"))
        for picture in ["Total error at each size", "SQNR, dB by layer and module"] {
            #expect(html.contains("<title>\(picture)</title>"))
        }
        #expect(html.components(separatedBy: "<svg").count == html.components(separatedBy: "<desc>").count)
        #expect(html.contains("12 NaN or ∞") && html.contains("prefers-color-scheme: dark"))
    }

    /// Every row's numbers are in the page, in Markdown and in CSV.
    @Test func tablesHaveTheRows() throws {
        let content = try Self.content()
        for row in content.rows {
            let metrics = try #require(row.metrics), sqnr = NumberText.fixed(metrics.sqnr ?? 0, places: 2)
            #expect(content.html.contains(">\(sqnr)</td>") && content.markdown.contains("| \(sqnr) |"))
            #expect(content.csv.contains(JSONValue.number(metrics.mse).text))
        }
        #expect(content.csv.split(separator: "\n").count == content.rows.count + 1)
        #expect(content.worst(2).count == 2)
        let least = content.rows.compactMap { $0.metrics?.sqnr }.min()
        #expect(content.rows.first { $0.name == content.worst(1)[0] }?.metrics?.sqnr == least)
    }

    /// All elements are in the bins, and all of the squared error.
    @Test func picturesAddUp() throws {
        let tensor = try Self.tensors()[0], recipe = try Recipe("int3 sym tensor")
        let picture = try #require(try TensorPicture(tensor, recipe, context: WorkContext(threads: 2)))
        let sums = try Evaluator(tensor, recipe: recipe).evaluate().sums
        #expect(picture.original.reduce(0, +) == tensor.count && picture.reconstruction.reduce(0, +) == tensor.count)
        #expect(abs(picture.error.reduce(0, +) - sums.squaredError) <= 1e-6 * sums.squaredError)
        #expect(!picture.levels.isEmpty && picture.levels.count <= 7)
        let shape = try #require(Shape([2, 2]))
        let constant = try #require(TensorView(name: "c", values: [1, 1, 1, 1], shape: shape))
        #expect(try TensorPicture(constant, recipe, context: WorkContext(threads: 1)) == nil)
    }

    private static let browser = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    /// In a real browser, where there is one: no message on its console, no element wider than the window, and columns that sort.
    @Test(.enabled(if: browser != nil), arguments: [400, 1_600]) func browsersShowIt(_ width: Int) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("qlens-report-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let probe = """
            <script>window.addEventListener('load', function () {
              var wide = Array.from(document.querySelectorAll('body *')).filter(function (element) {
                return element.getBoundingClientRect().right > innerWidth + 1 && !element.closest('.wide'); });
              var heads = document.querySelectorAll('thead th'), sqnr = Array.from(heads).find(function (head) {
                return head.textContent === 'SQNR dB'; });
              sqnr.click();
              var values = Array.from(sqnr.closest('table').tBodies[0].rows).map(function (row) {
                return Number(row.cells[sqnr.cellIndex].textContent); });
              var sorted = values.every(function (value, place) { return place === 0 || values[place - 1] >= value; });
              document.title = 'wide ' + wide.length + ' scroll ' + (document.documentElement.scrollWidth <= innerWidth + 1)
                + ' sorted ' + sorted + ' rows ' + values.length; });</script>
            """
        let page = try Self.content().html.replacing("</body>", with: probe + "</body>")
        let path = folder.appendingPathComponent("r.html")
        try Data(page.utf8).write(to: path)
        let process = Process(), out = Pipe(), errors = folder.appendingPathComponent("log")
        _ = FileManager.default.createFile(atPath: errors.path, contents: nil)
        process.executableURL = URL(fileURLWithPath: try #require(Self.browser))
        process.arguments = [
            "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr",
            "--user-data-dir=\(folder.path)/profile",
            "--window-size=\(width),1200", "--virtual-time-budget=4000", "--dump-dom", path.absoluteString,
        ]
        process.standardOutput = out
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
        let dom = String(decoding: out.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(dom.contains("<title>wide 0 scroll true sorted true rows 5</title>"), "\(dom.prefix(400))")
        let log = String(decoding: try Data(contentsOf: errors), as: UTF8.self)
        #expect(!log.contains("CONSOLE"), "\(log)")
    }
}
