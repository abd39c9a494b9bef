import Basics
import TensorFiles
import Tensors

/// Own samples from a file: an npz archive with arrays of images and labels, or MNIST's IDX files.
///
/// Images are [samples, height, width] or [samples, channels, height, width], points [samples, features]. Integers of one byte are divided
/// by 255. Samples are taken in an order that follows from the seed. What is tested on comes from arrays or files of its own where there are
/// such, else it is every fifth sample.
enum DataFile {
    /// Names of arrays, as this program, Keras's mnist.npz and others have them.
    private static let names: [(images: String, labels: String, testImages: String, testLabels: String)] = [
        ("images", "labels", "test_images", "test_labels"), ("x_train", "y_train", "x_test", "y_test"),
        ("train_images", "train_labels", "test_images", "test_labels"), ("x", "y", "x_test", "y_test"),
    ]

    /// - Parameters:
    ///   - most: training samples to take; a quarter as many are tested on.
    ///   - seed: of the order in which samples are taken: files are often sorted by class.
    static func open(_ path: String, most: Int, seed: UInt64) throws(FileError) -> Dataset {
        let file = try FileFormatCatalog.open(path: path)
        let pairs = file.format == IDXFormat.name ? try idx(file) : try arrays(file)
        guard let pair = pairs.first else { throw expected(file) }
        var random = RandomSource(seed: seed, stream: "own data")
        let mostTest = max(fewest, most / 4)
        let taken = try samples(pair, most: pairs.count > 1 ? most : most + mostTest, &random)
        let training: Samples, test: Samples
        if pairs.count > 1 {
            (training, test) = (taken, try samples(pairs[1], most: mostTest, &random))
            guard test.shape == training.shape else {
                throw FileError(
                    path: pairs[1].path, place: .tensor(pairs[1].images.name), found: "samples of shape \(test.shape)",
                    expected: "\(training.shape), as those of \(pair.images.name)")
            }
        } else {
            // Every fifth of a random order.
            training = taken.picked((0..<taken.count).filter { $0 % 5 != 4 }).prefix(most)
            test = taken.picked((0..<taken.count).filter { $0 % 5 == 4 })
        }
        let known = Set(training.labels)
        guard known.count > 1 else {
            throw FileError(
                path: path, place: .tensor(pair.labels.name), found: "one class, \(known.first ?? 0)",
                expected: "two classes or more among the training samples")
        }
        if let odd = test.labels.first(where: { !known.contains($0) }) {
            throw FileError(
                path: path, place: .tensor(pairs[pairs.count - 1].labels.name),
                found: "class \(odd) among the test samples alone",
                expected: "every class among the training samples too")
        }
        return Dataset(
            training: training, test: test, classes: (known.max() ?? 0) + 1, origin: path)
    }

    /// Samples that can be learnt from and tested on.
    private static let fewest = 10

    private struct Pair {
        let path: String
        let images: TensorView
        let labels: TensorView
    }

    private static func expected(_ file: TensorFile) -> FileError {
        let found = file.tensors.prefix(6).map { Printable.quoted($0.name) }.joined(separator: ", ")
        return FileError(
            path: file.path, found: "arrays \(found)",
            expected: "images and labels, such as "
                + names.map { "\($0.images) and \($0.labels)" }.joined(separator: ", "))
    }

    private static func arrays(_ file: TensorFile) throws(FileError) -> [Pair] {
        func pair(_ images: String, _ labels: String) -> Pair? {
            guard let first = file.position(named: images), let second = file.position(named: labels) else {
                return nil
            }
            return Pair(path: file.path, images: file.tensors[first], labels: file.tensors[second])
        }
        for name in names {
            guard let training = pair(name.images, name.labels) else { continue }
            return [training] + [pair(name.testImages, name.testLabels)].compactMap { $0 }
        }
        throw expected(file)
    }

    /// Images with their labels beside them, and the test's files where they are there.
    private static func idx(_ file: TensorFile) throws(FileError) -> [Pair] {
        let fileName = file.path.split(separator: "/").last ?? ""
        guard fileName.contains("images"), let first = file.tensors.first, first.shape.rank >= 2 else {
            throw FileError(
                path: file.path, found: "an IDX file named \(Printable.quoted(String(fileName)))",
                expected: "a file of images with “images” in its name, and labels beside it")
        }
        func array(_ path: String) throws(FileError) -> TensorView {
            let opened = try FileFormatCatalog.open(path: path)
            guard opened.format == IDXFormat.name, let array = opened.tensors.first else {
                throw FileError(path: path, found: "a file of format \(opened.format)", expected: "an IDX file")
            }
            return array
        }
        func labels(_ images: String) -> String {
            images.replacing("images", with: "labels").replacing("idx3", with: "idx1")
        }
        let folder = String(file.path.lastIndex(of: "/").map { file.path[...$0] } ?? "")
        let name = String(file.path.dropFirst(folder.count)), test = "t10k" + name.dropFirst(5)
        func pair(_ name: String) throws(FileError) -> Pair {
            Pair(
                path: folder + name, images: try array(folder + name), labels: try array(folder + labels(name)))
        }
        let hasTest = name.hasPrefix("train") && Folder.exists(folder + test)
        return hasTest ? [try pair(name), try pair(test)] : [try pair(name)]
    }

    private static func samples(_ pair: Pair, most: Int, _ random: inout RandomSource) throws(FileError) -> Samples {
        let (images, labels) = (pair.images, pair.labels)
        func wrong(_ tensor: TensorView, _ found: String, _ expected: String) -> FileError {
            FileError(path: pair.path, place: .tensor(tensor.name), found: found, expected: expected)
        }
        let extents = images.shape.extents
        guard (2...4).contains(extents.count), extents.dropFirst().allSatisfy({ $0 > 0 }) else {
            throw wrong(
                images, "shape \(images.shape)", "[samples, features], [samples, height, width] or with channels")
        }
        guard labels.shape.extents == [extents[0]] else {
            throw wrong(labels, "shape \(labels.shape)", "[\(extents[0])], a label for every sample")
        }
        guard extents[0] >= fewest else { throw wrong(images, "\(extents[0]) samples", "\(fewest) or more") }
        for tensor in [images, labels] where tensor.elementType.componentCount > 1 {
            throw wrong(tensor, "complex numbers", "real ones")
        }
        let width = images.shape.product(from: 1)
        var chosen = Samples(
            shape: extents.count == 3 ? [1] + extents.dropFirst() : Array(extents.dropFirst()), inputs: [], labels: [])
        for place in random.permutation(extents[0]).prefix(most) {
            let label = labels.values(place..<place + 1)[0]
            guard label == label.rounded(), label >= 0, label <= 999 else {
                throw wrong(labels, "label \(label)", "whole numbers from 0 to 999")
            }
            chosen.labels.append(Int(label))
            chosen.inputs += images.values(place * width..<(place + 1) * width)
        }
        if images.elementType == .uint8 { for place in chosen.inputs.indices { chosen.inputs[place] /= 255 } }
        guard chosen.inputs.allSatisfy({ $0.isFinite }) else {
            throw wrong(images, "a value that is no finite number", "finite numbers")
        }
        return chosen
    }
}
