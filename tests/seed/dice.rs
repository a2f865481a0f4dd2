//! Chance that is the same on every machine: whole numbers, and of the others only what IEEE 754 defines to the bit.

/// A source of numbers.
#[derive(Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        // Small seeds differ in few bits, and zero would stay zero: splitmix64, Steele and others 2014.
        let mixed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        Self(mixed | 1)
    }

    pub(crate) fn bits(&mut self) -> u64 {
        // xorshift64*, Vigna 2016.
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub(crate) fn roll(&mut self, sides: u64) -> u64 {
        (self.bits() >> 33) % sides
    }

    /// True that often of a hundred times.
    pub(crate) fn percent(&mut self, times: u64) -> bool {
        self.roll(100) < times
    }

    pub(crate) fn one_of<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::try_from(self.roll(from.len() as u64)).unwrap()]
    }

    /// One of these, each as often as its weight says.
    pub(crate) fn weighted<T: Copy>(&mut self, from: &[(u64, T)]) -> T {
        let mut left = self.roll(from.iter().map(|(weight, _)| weight).sum());
        for (weight, value) in from {
            if left < *weight {
                return *value;
            }
            left -= weight;
        }
        from[0].1
    }

    /// Log-normal about this median: most are near it, and a few are many times as large. A `width` of 100 is a sigma of 1.
    pub(crate) fn spread(&mut self, median: u64, width: u64) -> u64 {
        // The sum of twelve dice is nearly normal; e to a power is a product, as libraries of mathematics differ in the last bit.
        let sum: u64 = (0..12).map(|_| self.roll(21)).sum();
        let steps = sum.abs_diff(120);
        let step = 1.0 + width as f64 / 2_100.0;
        let factor = (0..steps).fold(1.0, |factor: f64, _| factor * step);
        let value = if sum < 120 { median as f64 / factor } else { median as f64 * factor };
        (value as u64).max(1)
    }

    /// So many hexadecimal digits.
    pub(crate) fn hex(&mut self, digits: usize) -> String {
        (0..digits).map(|_| char::from(b"0123456789abcdef"[usize::try_from(self.roll(16)).unwrap()])).collect()
    }
}
