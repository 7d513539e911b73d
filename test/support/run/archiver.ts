/**
 * Stands in for the package that CDKTF loads with everything, half of its loading, and calls for assets that are archives alone.
 * No stack here has one.
 */
module.exports = () => {
  throw new Error("no test archives an asset: to do so, take archiver out of jest's moduleNameMapper in package.json");
};
