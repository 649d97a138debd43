@main
enum Visualizer {
  static func main() { print("hello") }
}
