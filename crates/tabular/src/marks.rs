//! Where the marks of a dialect stand in a text, found sixty-four bytes at a time: cells are too short for a search that
//! starts anew at each.

use wide::u8x16;

const BLOCK: usize = 64;

/// The bytes looked for.
#[derive(Debug, Clone)]
pub(crate) struct Signs {
    outside: [u8x16; 4],
    inside: [u8x16; 2],
    /// Whether the first two of `outside` and the first of `inside` are all.
    few: bool,
}

impl Signs {
    /// Any of `outside` counts outside quotes, any of `inside` within; what repeats the first of them stands for nothing.
    pub fn new(outside: [u8; 4], inside: [u8; 2]) -> Self {
        let few = outside[2..] == [outside[0]; 2] && inside[1] == inside[0];
        Self { outside: outside.map(u8x16::splat), inside: inside.map(u8x16::splat), few }
    }

    fn of(&self, block: &[u8; BLOCK]) -> (u64, u64) {
        if self.few {
            let [first, second, ..] = self.outside;
            (places(block, [first, second]), places(block, [self.inside[0]]))
        } else {
            (places(block, self.outside), places(block, self.inside))
        }
    }
}

/// Where any of some bytes stands, a bit for each place.
fn places<const N: usize>(block: &[u8; BLOCK], signs: [u8x16; N]) -> u64 {
    let mut places = 0;
    for (index, part) in block.as_chunks::<16>().0.iter().enumerate() {
        let part = u8x16::new(*part);
        let any = signs.map(|sign| part.simd_eq(sign)).into_iter().fold(u8x16::ZERO, |any, one| any | one);
        places |= u64::from(any.to_bitmask()) << (index * 16);
    }
    places
}

/// The marks of the block looked at last; of no use once the text has changed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Block {
    at: usize,
    outside: u64,
    inside: u64,
}

impl Block {
    /// No block was looked at.
    pub const NONE: Self = Self { at: usize::MAX, outside: 0, inside: 0 };
}

/// The marks of a text.
pub(crate) struct Marks<'a> {
    signs: &'a Signs,
    pub text: &'a [u8],
    pub block: Block,
}

impl<'a> Marks<'a> {
    /// The marks of a text; `block` is what was looked at last in it.
    pub fn new(signs: &'a Signs, text: &'a [u8], block: Block) -> Self {
        Self { signs, text, block }
    }

    /// The next mark from a place on that counts outside quotes.
    #[inline]
    pub fn outside(&mut self, from: usize) -> Option<usize> {
        self.next(from, |block| block.outside)
    }

    /// The next mark from a place on that counts within quotes.
    #[inline]
    pub fn inside(&mut self, from: usize) -> Option<usize> {
        self.next(from, |block| block.inside)
    }

    #[inline]
    fn next(&mut self, from: usize, which: impl Fn(&Block) -> u64) -> Option<usize> {
        if from - from % BLOCK != self.block.at {
            self.look(from - from % BLOCK);
        }
        let mut found = which(&self.block) & u64::MAX << (from % BLOCK);
        while found == 0 {
            if self.block.at + BLOCK >= self.text.len() {
                return None;
            }
            self.look(self.block.at + BLOCK);
            found = which(&self.block);
        }
        Some(self.block.at + found.trailing_zeros() as usize)
    }

    /// Finds the marks of the block at a place, which may be the text's end.
    fn look(&mut self, at: usize) {
        let rest = self.text.get(at..).unwrap_or_default();
        let (outside, inside) = match rest.first_chunk::<BLOCK>() {
            Some(block) => self.signs.of(block),
            None => {
                let mut block = [0; BLOCK];
                block[..rest.len()].copy_from_slice(rest);
                let (outside, inside) = self.signs.of(&block);
                let there = (1 << rest.len()) - 1;
                (outside & there, inside & there)
            }
        };
        self.block = Block { at, outside, inside };
    }
}
