import Models
import Foundation
@main
enum Visualizer {
  static func main() {
    for file in CommandLine.arguments.dropFirst() {
      let bytes = [UInt8](FileManager.default.contents(atPath: file) ?? Data())
      var r = JSONReader(file: file, bytes: bytes)
      do {
        let t = try MapTrace(reader: &r, name: file)
        let rep = t.check()
        print(file.split(separator: "/").last!, rep.operations, rep.difference ?? "ok")
      } catch { print(error) }
    }
  }
}
