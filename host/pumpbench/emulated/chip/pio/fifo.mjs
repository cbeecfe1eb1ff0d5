// A PIO FIFO: four words, eight when it is joined with its neighbour, none when the neighbour took it.

export class Fifo {
  constructor(depth) {
    this.depth = depth;
    this.words = [];
  }

  get count() {
    return this.words.length;
  }

  get empty() {
    return this.words.length === 0;
  }

  get full() {
    return this.words.length >= this.depth;
  }

  push(word) {
    this.words.push(word | 0);
  }

  pull() {
    return this.words.shift();
  }

  /** Change the depth, which empties it. */
  resize(depth) {
    this.depth = depth;
    this.words.length = 0;
  }
}
